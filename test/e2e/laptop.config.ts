/** The example organisation, with a flow whose approvers have seconds. */
import example from '../../config/curfew.config.ts';
import { defineConfig } from '../../config/define.ts';
import { orders } from './places/orders-db.ts';
import { soon } from './flows.ts';

export default defineConfig({
  ...example,
  flows: [...example.flows, soon('orders-write-soon', orders('write'))],
});
