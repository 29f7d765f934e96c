/** An organisation's configuration: people, groups, integrations and flows, as `config/curfew.config.ts` writes them. */
import * as z from 'zod';
import { referenceFaults } from './config-references.ts';
import { Flow } from './flow.ts';
import { Person, Slug } from './person.ts';

/** One configured target system. `target` is the connector's own shape, which the registry checks. */
export const Integration = z.strictObject({
  id: Slug,
  name: z.string().min(1).max(120),
  kind: z.enum(['postgresql', 'aws-iam']),
  environment: Slug,
  target: z.record(z.string(), z.unknown()),
});
export type Integration = z.infer<typeof Integration>;

/** Which directory group holds which right. */
export const RightGroups = z.strictObject({ admin: Slug, responder: Slug, auditor: Slug });
export type RightGroups = z.infer<typeof RightGroups>;

/** Whose tokens count. Keys come by its discovery document, so it must be https, but for one on this machine. */
export const Oidc = z.strictObject({
  issuer: z
    .url()
    .refine(
      (url) => /^https:\/\/|^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])(:|\/|$)/.test(url),
      'must be an https address',
    ),
  audience: z.string().min(1).max(200).default('curfew'),
});
export type Oidc = z.infer<typeof Oidc>;

export const Config = z
  .strictObject({
    /** This installation's mark: part of the name of everything made at a target, so that two never clean up each other's. */
    installation: z.string().regex(/^[a-z0-9]{2,12}$/, 'must be 2-12 lower-case letters or digits'),
    rights: RightGroups,
    /** An OIDC issuer of your own. Left out: the local one, which only the owner of the home can sign in at. */
    oidc: Oidc.optional(),
    people: z.array(Person).min(1),
    groups: z.array(z.strictObject({ id: Slug, name: z.string().min(1).max(120) })),
    integrations: z.array(Integration),
    flows: z.array(Flow),
  })
  .superRefine((config, ctx) => {
    for (const { path, message } of referenceFaults(config)) ctx.addIssue({ code: 'custom', path, message });
  });
export type Config = z.infer<typeof Config>;
/** What a person writes, before durations are parsed and defaults filled in. */
export type ConfigInput = z.input<typeof Config>;
