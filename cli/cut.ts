/** Text for a place that holds only so much. */

/** At most so many characters: where there are more, an ellipsis is the last. */
export function cut(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join('')
        .trimEnd()}…`;
}
