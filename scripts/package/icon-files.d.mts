export function ico(pictures: ReadonlyMap<number, Buffer>): Buffer
export function icns(pictures: ReadonlyMap<number, Buffer>): Buffer
