/** Where alarms go: a topic of the stage's own, one that is there already, or nowhere. */
import { Topic, type ITopic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Stage } from '../config.ts';

export function addAlarmTopic(scope: Construct, { alarms }: Stage): ITopic | undefined {
  if (!alarms) return undefined;
  if ('topicArn' in alarms) return Topic.fromTopicArn(scope, 'Alarms', alarms.topicArn);
  const topic = new Topic(scope, 'Alarms', { enforceSSL: true });
  topic.addSubscription(new EmailSubscription(alarms.email));
  return topic;
}
