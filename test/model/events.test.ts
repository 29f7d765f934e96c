/** The catalogue of events: one for each verb, and none that two verbs share. */
import { expect, test } from 'vitest';
import { Event, eventOf, EventType, noHash } from '../../shared/model/events.ts';
import { at, theSystem } from '../support/builders.ts';

test('no two verbs write the same event, and none is listed twice', () => {
  expect(new Set(EventType.options).size).toBe(EventType.options.length);
  expect(new Set(Object.values(eventOf)).size).toBe(Object.keys(eventOf).length);
});

test('an event holds nothing that the model does not name, so that no secret slips in', () => {
  const event = {
    schema: 1,
    id: 'g1-1',
    grantId: 'g1',
    requestId: 'r1',
    seq: 1,
    type: 'AccessGranted',
    at: at(0),
    actor: theSystem(),
    before: 'granting',
    after: 'active',
    correlationId: 'c1',
    details: {},
    prevHash: noHash,
  };
  expect(Event.parse(event)).toEqual(event);
  expect(Event.safeParse({ ...event, token: 'secret' }).success).toBe(false);
  expect(Event.safeParse({ ...event, type: 'SomethingHappened' }).success).toBe(false);
});
