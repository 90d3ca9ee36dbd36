const format = new Intl.NumberFormat('en')

/** "1,204". */
export const counted = (value: number): string => format.format(value)
