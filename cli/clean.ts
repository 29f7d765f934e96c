/** Text of other people (reasons, names, rows) made safe for a terminal: nothing in it moves the cursor or turns text around. */

const controls = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;
const controlsButBreaks = /[^\P{Cc}\n]|[\u202a-\u202e\u2066-\u2069]/gu;

/** On one line: line breaks become spaces, other control characters are shown as `\u{1b}`. */
export function clean(text: string): string {
  return text.replaceAll(/\s*[\r\n]\s*|\t/g, ' ').replaceAll(controls, shown);
}

/** The same, but line breaks stay. */
export function cleanLines(text: string): string {
  return text.replaceAll('\t', ' ').replaceAll(controlsButBreaks, shown);
}

function shown(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}
