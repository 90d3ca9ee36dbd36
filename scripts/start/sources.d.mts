export function buildIdPath(root: string): string
export function sourcesId(root: string): Promise<string>
export function isBuilt(root: string): Promise<boolean>
