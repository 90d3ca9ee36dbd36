import { readFile, writeFile } from 'node:fs/promises'

/** Changes the first bits of an entry's data, as a failing disk might. For tests. */
export async function damageEntry(file: string, name: string): Promise<void> {
  const text = await readFile(file, 'utf8')
  const pattern = new RegExp(`("name": "${name}",\\s+"nonce": "[^"]+",\\s+"data": ")(.)`)
  const damaged = text.replace(
    pattern,
    (_, before: string, first: string) => before + (first === 'A' ? 'B' : 'A'),
  )
  if (damaged === text) throw new Error(`There is no entry "${name}".`)
  await writeFile(file, damaged)
}
