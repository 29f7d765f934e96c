/**
 * What a stage may do without: the one list. Each is a construct of its own, so that production without it is production in
 * every other respect; the template tests compare the two.
 */
export const leftOut = {
  'event-archive': 'Keeps what went over the event bus, to send it again. The emulator refuses archives.',
  'machine-version':
    'The retained version of the state machine, and the alias that executions start by. The emulator refuses both.',
} as const;

export type Leavable = keyof typeof leftOut;
export const leavable = Object.keys(leftOut) as [Leavable, ...Leavable[]];

export function keeps(stage: { leaveOut: readonly Leavable[] }, what: Leavable): boolean {
  return !stage.leaveOut.includes(what);
}
