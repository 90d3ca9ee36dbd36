import { DiagnosticError } from '@shared/errors'
import { writeWholeFile } from './atomic-file'
import { readWholeFile } from './read-file'

const attempts = 8

/**
 * Replaces a file by what `change` makes of its content, empty where there is no file; null leaves it alone. When
 * another program writes the file meanwhile, the change is made again on what is there then; `conflict` when that does
 * not end. For the rest see `writeWholeFile`.
 */
export async function changeWholeFile(
  path: string,
  maxBytes: number,
  change: (content: Buffer) => Buffer | null,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const expected = await readWholeFile(path, maxBytes)
    const content = change(expected ?? Buffer.alloc(0))
    if (content === null) return
    try {
      await writeWholeFile(path, content, { expected })
      return
    } catch (thrown) {
      const isDisturbed = thrown instanceof DiagnosticError && thrown.code === 'conflict'
      if (!isDisturbed || attempt === attempts) throw thrown
    }
  }
}
