/** After a crash: ends what an earlier process of ours left running at the target, so that nothing of it lands any more. */
import { endMatching } from './end-sessions.ts';
import { applicationName } from './names.ts';
import type { Server } from './servers.ts';

/** Our own login's sessions of this installation, but for those of this very process. */
export async function quiesce(server: Server): Promise<void> {
  await server.use((session) =>
    endMatching(
      server,
      session,
      'usesysid = current_user::regrole AND application_name = $1 AND pid <> ALL ($2::int[])',
      [applicationName(server.call.installation), server.pids()],
    ),
  );
}
