/** The emulator's Python environment: made once, made whole, and told apart from what this machine cannot do. */
import { existsSync } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EmulatorMissing } from '../../emulator/missing.ts';
import { pythonWithEmulator } from '../../emulator/virtual-environment.ts';
import { temporaryFolder } from '../local/temporary-folder.ts';
import { describeOnEmulator } from '../support/emulator.ts';

describeOnEmulator('the environment', () => {
  let folder: string;
  let requirements: string;
  const onSlow = vi.fn<(what: string) => void>();

  beforeEach(async () => {
    folder = await temporaryFolder();
    onSlow.mockReset();
    requirements = join(folder, 'requirements.txt');
    await writeFile(requirements, '# nothing\n');
  });
  afterEach(() => vi.unstubAllEnvs());

  const make = () => pythonWithEmulator({ at: join(folder, 'made'), requirements, onSlow });
  const madeAt = async () => (await stat(join(folder, 'made', 'venv', 'pyvenv.cfg'))).mtimeMs;

  it('is made once, by one of two processes that want it at the same time', async () => {
    const [one, other] = await Promise.all([make(), make()]);
    expect(one).toBe(other);
    expect(existsSync(one)).toBe(true);
    const first = await madeAt();
    await make();
    expect(await madeAt()).toBe(first);
  });

  it('says that it takes a while when it must be made, and nothing when it is there', async () => {
    await make();
    expect(onSlow).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('Making a Python environment'));
    await make();
    expect(onSlow).toHaveBeenCalledTimes(1);
  });

  it('is made again when other versions are wanted', async () => {
    await make();
    const first = await madeAt();
    await writeFile(requirements, '# something else\n');
    await make();
    expect(await madeAt()).toBeGreaterThan(first);
  });

  it('is made again when making it was interrupted', async () => {
    const venv = join(folder, 'made', 'venv');
    await mkdir(join(venv, 'bin'), { recursive: true });
    await writeFile(join(venv, 'bin', 'python'), 'half of one');
    const python = await make();
    expect((await stat(python)).size).toBeGreaterThan(1000);
  });

  it('says what this machine lacks where there is no Python', async () => {
    vi.stubEnv('PATH', folder);
    await expect(make()).rejects.toThrow(EmulatorMissing);
    await expect(make()).rejects.toThrow(/Python 3\.10 or newer.*Found: none/);
  });

  it('says why a package could not be had, and is not there then', async () => {
    await writeFile(requirements, './no-such-package\n');
    const failure: unknown = await make().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(EmulatorMissing);
    expect((failure as Error).message).toMatch(/pip could not install the emulator.*no-such-package/s);
    expect(existsSync(join(folder, 'made', 'venv', 'requirements.sha256'))).toBe(false);
  });
});
