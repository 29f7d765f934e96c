/** Which ports of this machine were asked for. */
import { CurfewError } from '../shared/model/errors.ts';

/** Always the same, so that a deployment finds the issuer again after a restart. */
export const defaultIssuerPort = 4281;

/** 0 is any free one. */
export function readPort(name: string, otherwise: number): number {
  const text = process.env[name] ?? String(otherwise);
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new CurfewError('Malformed', `${name} is "${text}": it must be a number from 0 to 65535.`);
}

export function portTaken(port: number, variable: string): CurfewError {
  return new CurfewError(
    'StateConflict',
    `Port ${port} is taken: set ${variable} to another one, or to 0 for a free one.`,
  );
}
