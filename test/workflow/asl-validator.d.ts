/** The types that `asl-validator` does not bring. */
declare module 'asl-validator' {
  export default function aslValidator(definition: object): {
    isValid: boolean;
    errorsText(separator?: string): string;
  };
}
