/** IAM policy documents as values, and their size as IAM counts it. */

export interface Statement {
  Sid: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface PolicyDocument {
  Version: '2012-10-17';
  Statement: Statement[];
}

/** A role's trust: who may assume it. */
export interface TrustDocument {
  Version: '2012-10-17';
  Statement: {
    Effect: 'Allow' | 'Deny';
    Principal: { AWS: string };
    Action: 'sts:AssumeRole';
  }[];
}

/** IAM's limits in characters; white space does not count. */
export const limits = { roleInline: 10_240, managed: 6144, trust: 2048 };

/** As it is sent: without white space, so that what is counted is what is sent. */
export function textOf(document: PolicyDocument | TrustDocument): string {
  return JSON.stringify(document);
}

/** Do two documents say the same? AWS gives them back percent-encoded; the order of fields tells nothing. */
export function isDocument(encoded: string | undefined, document: PolicyDocument): boolean {
  const read = parseDocument(encoded);
  return read !== undefined && canonical(read) === canonical(document);
}

/** A document as IAM gives it back. */
export function parseDocument(encoded: string | undefined): unknown {
  if (encoded === undefined) return undefined;
  try {
    return JSON.parse(decodeURIComponent(encoded));
  } catch {
    return undefined;
  }
}

/** Fields in order, and a list of one as that one: what IAM takes for the same. */
function canonical(value: unknown): string {
  if (Array.isArray(value))
    return value.length === 1 ? canonical(value[0]) : `[${value.map(canonical).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonical(field)}`).join()}}`;
}
