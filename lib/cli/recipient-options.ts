import { readFile } from 'node:fs/promises'
import { errorCode, HushlogError } from '../errors.ts'
import { checkRecipients } from '../keep/recipients.ts'
import { type Arguments, type Option, printable } from './command.ts'

export const RECIPIENT_OPTIONS: Record<string, Option> = {
  'encrypt-to': { value: 'RECIPIENT', multiple: true, help: 'encrypt to it; may be repeated' },
  recipients: { value: 'FILE', help: 'encrypt to those in this file, one a line' },
}

/** Given by the options; undefined when none is. @throws HushlogError `HUSHLOG_OPTION` or `HUSHLOG_READ` */
export async function askedRecipients(args: Arguments): Promise<string[] | undefined> {
  const [file] = args.values('recipients')
  const given = checkRecipients(args.values('encrypt-to'), '--encrypt-to')
  const inFile = file === undefined ? [] : checkRecipients(await recipientsIn(file), '--recipients')
  const all = checkRecipients([...given, ...inFile], '--encrypt-to and --recipients')
  if (file !== undefined && inFile.length === 0)
    throw new HushlogError('HUSHLOG_OPTION', `option --recipients: there is none in ${printable(file)}`)
  return all.length === 0 ? undefined : all
}

async function recipientsIn(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw new HushlogError('HUSHLOG_READ', `cannot read ${printable(path)}: ${errorCode(error)}`)
  })
  const lines = text.split('\n').map((line) => line.trim())
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}
