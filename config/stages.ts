/**
 * Where Curfew is deployed to, and how: change it to yours. `cdk deploy -c stage=<name>` chooses one; docs/deploy.md explains the
 * fields. `infra/config.ts` checks them, and names the path of every fault.
 */
export const stages = {
  production: {
    production: true,
    // For as long as your configuration names no issuer of its own.
    oidc: { issuer: 'https://login.example.com', audience: 'curfew' },
    logRetentionDays: 90,
  },
  // Only what `npm start -- --aws` needs of the account that becomes a target of the laptop.
  laptop: { production: false, logRetentionDays: 1, targetOnly: {}, deployBy: 'cli-credentials' },
  // An AWS emulator on this machine: npm run emulator, npm run deploy:emulator.
  emulator: {
    production: false,
    account: '000000000000',
    region: 'eu-west-1',
    logRetentionDays: 1,
    leaveOut: ['event-archive', 'machine-version'],
    deployBy: 'cli-credentials',
  },
};
