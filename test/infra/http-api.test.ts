/** What stands before the app: the token's issuer, what is open, and how much is let in. */
import { describe, expect, it } from 'vitest';
import type { Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { openPaths } from '../../infra/constructs/http-api.ts';
import { routes } from '../../shared/api/routes.ts';
import { ofType, resolver } from './resolve.ts';
import { configInput, stageOf, synth } from './synth.ts';

const built = synth(stageOf('production'));
const app = built.stacks['app'];
const fill = resolver(built, 'app');
const route = (key: string) =>
  ofType(app, 'AWS::ApiGatewayV2::Route').find(([, one]) => one.Properties['RouteKey'] === key)?.[1]
    .Properties;

describe('the API', () => {
  it('lets nobody through to the app without a token of the issuer, for the audience', () => {
    const [[id, authorizer] = []] = ofType(app, 'AWS::ApiGatewayV2::Authorizer');
    expect(authorizer?.Properties).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: 'https://login.example.com', Audience: ['curfew'] },
    });
    expect(route('ANY /{proxy+}')).toMatchObject({ AuthorizationType: 'JWT', AuthorizerId: { Ref: id } });
  });

  it('is open where the routes say so, at its own description, and nowhere else', () => {
    const open = Object.values(routes).filter(({ action }) => action === 'open');
    const described = ['/openapi.json', '/problems/{code}'];
    expect(openPaths.toSorted()).toEqual([...open.map(({ path }) => path), ...described].toSorted());
    for (const path of openPaths) expect(route(`GET ${path}`)?.['AuthorizationType']).toBe('NONE');
    const all = ofType(app, 'AWS::ApiGatewayV2::Route');
    expect(all).toHaveLength(openPaths.length + 1);
  });

  it('calls the app by its alias', () => {
    const [[, integration] = []] = ofType(app, 'AWS::ApiGatewayV2::Integration');
    expect(fill(integration?.Properties['IntegrationUri'])).toMatch(/:function:curfew-production-api:live$/);
    expect(integration?.Properties).toMatchObject({ PayloadFormatVersion: '2.0', TimeoutInMillis: 29_000 });
  });

  it('lets only so much in, and logs who called what, but no header and no query', () => {
    const [[, stage] = []] = ofType(app, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.Properties).toMatchObject({
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    });
    const format = String(stage?.Properties['AccessLogSettings'].Format);
    expect(Object.keys(JSON.parse(format))).toEqual(
      expect.arrayContaining(['sub', 'method', 'path', 'status']),
    );
    expect(format).not.toMatch(/header|query|authorization/i);
  });
});

describe('the issuer', () => {
  it('is warned of while it is the one that the example comes with', () => {
    const warned = (issuer: string) => {
      const given = synth(stageOf('production'), { ...configInput, oidc: { issuer, audience: 'curfew' } });
      const stack = given.app.node.findChild('curfew-production-app') as Stack;
      return Annotations.fromStack(stack).findWarning('*', Match.stringLikeRegexp('name your OIDC issuer'))
        .length;
    };
    expect(warned('https://login.example.com')).toBe(1);
    expect(warned('https://login.example.com.acme.io')).toBe(0);
  });

  const { oidc: _, ...withoutIssuer } = configInput;
  const issuer = (stacks: Record<string, any>) =>
    ofType(stacks['app'], 'AWS::ApiGatewayV2::Authorizer')[0]![1].Properties['JwtConfiguration'].Issuer;

  it('is that of the stage where the configuration names none', () => {
    const oidc = { issuer: 'https://stage.example.com', audience: 'curfew' };
    expect(issuer(synth(stageOf('production', { oidc }), withoutIssuer).stacks)).toBe(oidc.issuer);
    expect(issuer(synth(stageOf('production', { oidc })).stacks)).toBe('https://login.example.com');
  });

  it('must be named', () => {
    expect(() => synth(stageOf('production', { oidc: undefined }), withoutIssuer)).toThrow(
      /^oidc: is missing/,
    );
  });

  it('must speak https, but on the emulator', () => {
    const local = { ...configInput, oidc: { issuer: 'http://127.0.0.1:4290/oidc' } };
    expect(() => synth(stageOf('production'), local)).toThrow(/^oidc.issuer: must be an https address/);
    expect(issuer(synth(stageOf('emulator'), local).stacks)).toBe(local.oidc.issuer);
  });
});
