/** An execution that ends badly, under the name AWS would give it. Nothing in a machine can retry or catch one. */
export class ExecutionFailed extends Error {
  constructor(name: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = name;
  }
}
