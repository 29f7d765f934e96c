/** Where alarms go: a topic of the stage's own, one that is there already, or nowhere. */
import { Annotations, Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic, type ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Stage } from '../config.ts';

export function addAlarmTopic(scope: Construct, { alarms, name, production }: Stage): ITopic | undefined {
  if (!alarms) {
    if (production)
      Annotations.of(scope).addWarningV2(
        'curfew:alarms',
        `Nobody is told when access cannot be ended: give the stage "${name}" alarms ({ email } or { topicArn }) in config/stages.ts.`,
      );
    return undefined;
  }
  if ('topicArn' in alarms) return Topic.fromTopicArn(scope, 'Alarms', alarms.topicArn);
  const topic = new Topic(scope, 'Alarms', { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(alarms.email));
  topic.addToResourcePolicy(letAlarmsIn(topic));
  return topic;
}

/** A topic with a policy of its own (TLS only) has lost the one that let its account's alarms in. */
function letAlarmsIn(topic: ITopic): PolicyStatement {
  return new PolicyStatement({
    sid: 'AlarmsOfThisAccount',
    principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
    actions: ['sns:Publish'],
    resources: [topic.topicArn],
    conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  });
}
