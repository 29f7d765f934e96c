/** The catalogue of errors: names that the workflow matches, statuses that HTTP answers. */
import { expect, test } from 'vitest';
import { CurfewError, type ErrorCode, errors, isCurfewError } from '../../shared/model/errors.ts';

const codes = Object.keys(errors) as ErrorCode[];

test.each(codes)('%s has its code for a name, so that the workflow can match it', (code) => {
  const error = new CurfewError(code, 'Do this next.');
  expect(error.name).toBe(code);
  expect(error.message).toBe('Do this next.');
  expect(error.retryable).toBe(errors[code].retryable);
});

test.each(codes)('%s is a status of its own kind: what is retried is never blamed on the caller', (code) => {
  const { status, retryable } = errors[code];
  expect(status).toBeGreaterThanOrEqual(400);
  if (retryable) expect(status).toBe(503);
});

test('an error is told apart by its code, and from everything else', () => {
  const error: unknown = new CurfewError('NotFound', 'Nothing here.');
  expect(isCurfewError(error)).toBe(true);
  expect(isCurfewError(error, 'Forbidden', 'NotFound')).toBe(true);
  expect(isCurfewError(error, 'Forbidden')).toBe(false);
  expect(isCurfewError(new Error('NotFound'))).toBe(false);
  expect(isCurfewError(undefined)).toBe(false);
});

test('the cause is kept', () => {
  const cause = new Error('socket closed');
  expect(new CurfewError('TargetUnavailable', 'Later.', { cause }).cause).toBe(cause);
});
