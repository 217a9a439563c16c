import { type Arguments, printable, usage } from './command.ts'

/** The value of an option that takes a whole number. @throws HushlogError `HUSHLOG_OPTION` */
export function wholeNumber(
  args: Arguments,
  option: string,
  range: { standard: number; min: number; max: number },
): number {
  const [text] = args.values(option)
  if (text === undefined) return range.standard
  const value = Number(text)
  const isPlain = [...text].every((digit) => digit >= '0' && digit <= '9')
  if (isPlain && value >= range.min && value <= range.max) return value
  throw usage(
    `option --${option} takes a whole number from ${range.min} to ${range.max}, got ${printable(text)}`,
  )
}
