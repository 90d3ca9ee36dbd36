export const bytesOf = (mebibytes: number): number => mebibytes * 2 ** 20
const [least, most] = [16, 16_384]

/** What somebody typed for an amount of memory; nothing at all is the usual amount. */
export function readMebibytes(
  text: string,
): { readonly bytes: number | null } | { readonly mistake: string } {
  const trimmed = text.trim()
  if (trimmed === '') return { bytes: null }
  const amount = /^\d+$/.test(trimmed) ? Number(trimmed) : NaN
  return amount >= least && amount <= most
    ? { bytes: bytesOf(amount) }
    : { mistake: `A whole number from ${least} to ${most}, or nothing for the usual.` }
}
