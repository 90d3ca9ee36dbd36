export function wrongContents(paths: readonly string[]): string[]
export function readAsar(archive: Buffer): { paths: string[]; unsealed: string[] }
