/** How every client of the AWS SDK here is bounded: a call that hangs must fail while there is time to try it again. */

/** Three tries within 15 s at the worst. Connections are kept between the calls of one function. */
export const clientOptions = {
  maxAttempts: 3,
  requestHandler: {
    connectionTimeout: 1_500,
    requestTimeout: 5_000,
    /** An answer that begins and does not go on: the limit above ends with its first byte. */
    socketTimeout: 5_000,
    throwOnRequestTimeout: true,
  },
} as const;
