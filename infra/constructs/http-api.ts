/**
 * The HTTP API: a token of the configuration's issuer is looked at before a function runs, but for three addresses that are
 * open. What there is behind it, the app decides: shared/api/routes.ts.
 */
import { Annotations, Duration } from 'aws-cdk-lib';
import {
  HttpApi as Api,
  HttpMethod,
  HttpStage,
  HttpNoneAuthorizer,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpJwtAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { Oidc } from '../../shared/model/config.ts';
import type { Stage } from '../config.ts';
import { names } from '../names.ts';
import { acknowledge } from '../reasons.ts';
import { addAlarm, perMinute } from './alarm.ts';
import { addLog } from './log.ts';
import type { ServiceFunction } from './service-function.ts';

interface HttpApiProps {
  stage: Stage;
  oidc: Oidc;
  app: ServiceFunction;
  topic: ITopic | undefined;
}

/** Needs no token: is it well, what is there, what does an error mean. */
export const openPaths = ['/health', '/openapi.json', '/problems/{code}'];

export class HttpApi extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, { stage, oidc, app, topic }: HttpApiProps) {
    super(scope, id);
    warnOfExample(this, oidc);
    const authorizer = new HttpJwtAuthorizer('Tokens', oidc.issuer, { jwtAudience: [oidc.audience] });
    const api = new Api(this, 'Api', {
      apiName: names.main(stage),
      createDefaultStage: false,
      defaultAuthorizer: authorizer,
    });
    const integration = new HttpLambdaIntegration('App', app.live, { timeout: Duration.seconds(29) });
    api.addRoutes({ path: '/{proxy+}', methods: [HttpMethod.ANY], integration });
    for (const path of openPaths)
      for (const route of api.addRoutes({
        path,
        methods: [HttpMethod.GET],
        integration,
        authorizer: new HttpNoneAuthorizer(),
      }))
        acknowledge(route, {
          'AwsSolutions-APIG4': `${path} needs no token: it tells nothing of people, grants or targets.`,
        });
    this.url = this.serve(stage, api);
    addAlarm(this, 'Failing', {
      metric: api.metricServerError({ ...perMinute, statistic: 'Sum' }),
      above: 0,
      minutes: 2,
      description: 'The API answers with 5xx: the log of the function api says why.',
      topic,
    });
  }

  private serve(stage: Stage, api: Api): string {
    const log = addLog(this, stage, `/aws/vendedlogs/apigateway/${names.main(stage)}`);
    const { url } = new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: 50, burstLimit: 100 },
      accessLogSettings: {
        destination: new LogGroupLogDestination(log),
        // Never the query nor a header: they may carry what is no log's business.
        format: AccessLogFormat.custom(
          JSON.stringify({
            requestId: '$context.requestId',
            at: '$context.requestTime',
            method: '$context.httpMethod',
            path: '$context.path',
            status: '$context.status',
            sub: '$context.authorizer.claims.sub',
            ip: '$context.identity.sourceIp',
            milliseconds: '$context.responseLatency',
            refusal: '$context.authorizer.error',
            error: '$context.error.responseType',
          }),
        ),
      },
    });
    return url;
  }
}

/** Names of RFC 2606, which nobody has: API Gateway asks the issuer for its keys, and refuses one that does not answer. */
function warnOfExample(scope: Construct, { issuer }: Oidc): void {
  if (/(^|\.)example\.(com|net|org)$/.test(new URL(issuer).hostname))
    Annotations.of(scope).addWarningV2(
      'curfew:issuer',
      `${issuer} is an example, and AWS will refuse it: name your OIDC issuer as "oidc" in the configuration or in config/stages.ts.`,
    );
}
