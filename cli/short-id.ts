/** Ids as people handle them: shown by their last letters, given as any beginning or ending that means only one. */

const shownLetters = 8;

/** The ending of an id, as tables show it. */
export function shortId(id: string): string {
  return id.slice(-shownLetters);
}

/** Has it the form of a whole id: `gr_` or `rq_` and a ULID? */
export function isWholeId(text: string): boolean {
  return /^[a-z]{2}_[0-9a-z]{26}$/.test(text);
}

/** May this text, as somebody typed it, mean that id? */
export function mayMean(text: string, id: string): boolean {
  return id.startsWith(text) || id.endsWith(text);
}

/** What was typed, in the letters that ids are made of. */
export function typedId(text: string): string {
  return text.trim().toLowerCase().replace(/^…/, '');
}
