export function readFuses(binary: Buffer): Record<string, boolean | null>
export function wrongFuses(binary: Buffer, wanted: Readonly<Record<string, boolean>>): string[]
