/** The part of oidc-provider 9 that local/issuer.ts uses; the package brings no types of its own. */
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  interface Client {
    readonly clientId: string;
  }

  interface ResourceServer {
    readonly audience: string;
  }

  interface Context {
    oidc: { params: Record<string, string | undefined>; client: Client };
    body: unknown;
    type: string;
  }

  interface AccessToken {
    readonly expiration: number;
    save(): Promise<string>;
  }

  interface AccessTokenInput {
    client: Client;
    accountId: string;
    gty: string;
    resourceServer: ResourceServer;
    expiresIn: number;
  }

  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    readonly AccessToken: new (
      input: AccessTokenInput,
    ) => AccessToken;
    readonly ResourceServer: new (
      id: string,
      data: Record<string, unknown>,
    ) => ResourceServer;
    registerGrantType(name: string, handler: (ctx: Context) => Promise<void>, parameters: string[]): void;
    callback(): (req: IncomingMessage, res: ServerResponse) => Promise<void>;
    on(event: 'server_error', listener: (ctx: unknown, error: Error) => void): this;
  }

  export const errors: {
    CustomOIDCProviderError: new (code: string, description: string) => Error;
  };
}
