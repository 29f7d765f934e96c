/** What becomes of what holds records when its stack is destroyed. */
import { RemovalPolicy } from 'aws-cdk-lib';
import type { Stage } from './config.ts';

/** Kept in production; but a first deployment that fails leaves nothing behind, whose names would block the next. */
export const kept = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

export function removalOf({ production }: Pick<Stage, 'production'>): RemovalPolicy {
  return production ? kept : RemovalPolicy.DESTROY;
}
