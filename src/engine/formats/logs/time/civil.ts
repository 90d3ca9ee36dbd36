/** Milliseconds of a second, a minute, an hour and a day. */
export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour

const daysOfMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

export const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)

/** Month 0 to 11, day from 1. */
export const isDate = (year: number, month: number, dayOfMonth: number): boolean =>
  dayOfMonth >= 1 &&
  dayOfMonth <= (daysOfMonth[month] ?? 0) &&
  (month !== 1 || dayOfMonth < 29 || isLeapYear(year))

/** Whether any year has this day. Month 0 to 11. */
export const isDayOfSomeYear = (month: number, dayOfMonth: number): boolean =>
  dayOfMonth >= 1 && dayOfMonth <= (daysOfMonth[month] ?? 0)

/** Midnight of a day of the proleptic Gregorian calendar, ms since the epoch, no zone. Month 0 to 11. */
export function civilDay(year: number, month: number, dayOfMonth: number): number {
  // Years that begin in March end with the leap day.
  const shifted = month < 2 ? year - 1 : year
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month < 2 ? month + 10 : month - 2) + 2) / 5) + dayOfMonth - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return (era * 146_097 + dayOfEra - 719_468) * day
}
