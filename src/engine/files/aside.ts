import { rename, stat } from 'node:fs/promises'

/** Renames a damaged file to `<path>.corrupt-<ISO time>`, which it returns; for holders of its lock. */
export async function moveAside(path: string, now: number): Promise<string> {
  // Windows allows no colons.
  const time = new Date(now).toISOString().replaceAll(':', '-')
  for (let count = 0; ; count++) {
    const aside = `${path}.corrupt-${time}${count === 0 ? '' : `-${count}`}`
    if ((await stat(aside).catch(() => null)) !== null) continue
    await rename(path, aside)
    return aside
  }
}
