/** Two calls that end the same thing meet: whoever comes second looks again, and then sees what is true. */
import { isOvertaken } from './translate-error.ts';

/** Tries a second time when somebody else ended or renamed meanwhile what `work` was about. */
export async function onceMore<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isOvertaken(error)) throw error;
    return work();
  }
}
