import type { Failure } from './exit'

/** Texts of hosts are untrusted: a terminal would act on their control characters. */
export const plain = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\ufffd').replaceAll('\u00a0', ' ')

/** Several lines, each made plain. */
export const plainLines = (text: string): string => text.split(/\r?\n/).map(plain).join('\n')

/** What happened, at which stage, and what to do. */
export function failureText({ error, stage }: Failure): string {
  const lines = [`xcp-diag: ${plainLines(error.message)}`]
  const where = placeOf(error.where, stage)
  if (stage !== null) lines.push(`  stage: ${plain(where === null ? stage : `${stage} (${where})`)}`)
  else if (where !== null) lines.push(`  where: ${plain(where)}`)
  const { cause } = error
  if (cause instanceof Error && !error.message.includes(cause.message))
    lines.push(`  because: ${plain(cause.message)}`)
  if (error.hint !== undefined) lines.push(`  what to do: ${plainLines(error.hint)}`)
  return `${lines.join('\n')}\n`
}

/** Errors of a connection name their stage in their place, too. */
function placeOf(where: string | undefined, stage: string | null): string | null {
  if (where === undefined) return null
  return stage !== null && where.endsWith(`, ${stage}`) ? where.slice(0, -stage.length - 2) : where
}

export type Alignment = 'left' | 'right'

/** Rows in columns as wide as their widest cell, two blanks apart. */
export function columns(rows: readonly (readonly string[])[], alignment: readonly Alignment[]): string[] {
  const widths = alignment.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)))
  return rows.map((row) =>
    alignment
      .map((side, at) => {
        const cell = row[at] ?? ''
        return side === 'left' ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)
      })
      .join('  ')
      .trimEnd(),
  )
}
