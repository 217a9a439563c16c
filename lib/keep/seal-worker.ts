/**
 * The thread in which segments are sealed.
 */
import { parentPort } from 'node:worker_threads'
import { errorCode, HushlogError } from '../errors.ts'
import { Ledger } from './ledger.ts'
import { seal } from './seal.ts'
import type { Answer, Failure, Request } from './sealer.ts'

const ledgers = new Map<string, Ledger>()

const answer = (text: Answer) => parentPort?.postMessage(text)
const onFirstKey = (firstKey: string) => answer({ firstKey })

parentPort?.on('message', async (request: Request) => answer(await answered(request)))

async function answered({ id, dir, path, reason, recipients, owners }: Request): Promise<Answer> {
  const ledger = ledgers.get(dir) ?? new Ledger(dir, Date.now, { onFirstKey })
  ledgers.set(dir, ledger)
  try {
    return { id, sealed: await seal(ledger, path, reason, { recipients, owners }) }
  } catch (error) {
    return { id, failure: failureOf(error) }
  }
}

function failureOf(error: unknown): Failure {
  if (error instanceof HushlogError) {
    const { code, message, hint } = error
    return { code, message, hint }
  }
  return { code: 'HUSHLOG_SEAL', message: `cannot seal: ${errorCode(error)}`, hint: undefined }
}
