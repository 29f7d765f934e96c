/** The CDK command line says hundreds of lines: this picks what a person waits for, which is beginnings, ends and failures. */

/** Whole lines alone go to `tell`, so that two programs that talk at once do not break each other's. */
export function byLine(tell: (text: string) => void): { take: (text: string) => void; end: () => void } {
  let rest = '';
  return {
    take: (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) tell(`${lines.join('\n')}\n`);
    },
    end: () => {
      if (rest !== '') tell(`${rest}\n`);
      rest = '';
    },
  };
}

/** Takes whole lines. */
export function inShort(tell: (text: string) => void): (text: string) => void {
  return (text) => {
    const lines = text.split('\n').filter((line) => wanted.some((one) => one.test(line)));
    if (lines.length > 0) tell(`${lines.map((line) => line.trim()).join('\n')}\n`);
  };
}

const wanted = [/⏳|✅|❌/u, /: deploying\.\.\./, /_FAILED\b/, /ROLLBACK_IN_PROGRESS/];
