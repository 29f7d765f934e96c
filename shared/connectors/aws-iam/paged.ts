/** Lists of IAM page by page, and what is gone already. */
import { awsCode } from './translate-error.ts';

interface Page {
  IsTruncated?: boolean | undefined;
  Marker?: string | undefined;
}

/** Every item of every page. */
export async function allPages<P extends Page, T>(
  read: (marker: string | undefined) => Promise<P>,
  itemsOf: (page: P) => T[] | undefined,
): Promise<T[]> {
  const items: T[] = [];
  let marker: string | undefined;
  do {
    const page = await read(marker);
    items.push(...(itemsOf(page) ?? []));
    marker = page.IsTruncated ? page.Marker : undefined;
  } while (marker !== undefined);
  return items;
}

/** Undefined where AWS says that it is not there. */
export async function gone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (awsCode(error) === 'NoSuchEntity') return undefined;
    throw error;
  }
}
