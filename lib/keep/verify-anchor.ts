import type { Finding } from './finding.ts'
import type { LedgerCheck, ProvenSeal } from './ledger-check.ts'
import { type Checkpoint, isSignedBy, keyIdOf, originOf } from './note.ts'

/*
 * What the ledger is compared with that does not lie beside it: the first public key, and a checkpoint. Without a
 * checkpoint nobody can tell whether ledger, files and key were put back together.
 */

export function anchorFindings(
  check: LedgerCheck,
  keys: readonly string[],
  checkpoint: Checkpoint | undefined,
  sealThere: ProvenSeal | undefined,
): { problems: Finding[]; notes: Finding[] } {
  const problems = [...keyProblems(check, keys), ...checkpointProblems(check, checkpoint, sealThere)]
  return { problems, notes: checkpoint === undefined ? [unanchored(check)] : [] }
}

function keyProblems({ firstKey, restarts, entries }: LedgerCheck, keys: readonly string[]): Finding[] {
  const isKnown = (key: string | undefined) => key !== undefined && keys.includes(key)
  const problems = restarts
    .filter(({ key }) => !isKnown(key))
    .map(({ n }) =>
      problem(
        'wrong-key',
        n,
        'signatures go on with a new key here, since the old one was said to be lost; if that is right, give the new key too',
      ),
    )
  if (keys.length > 0 && !isKnown(firstKey))
    problems.push(
      problem(
        'wrong-key',
        0,
        entries === 0
          ? 'there is no ledger for the key that was given'
          : 'the ledger does not begin with the key that was given',
      ),
    )
  return problems
}

function checkpointProblems(
  { firstKey, entries }: LedgerCheck,
  checkpoint: Checkpoint | undefined,
  seal: ProvenSeal | undefined,
): Finding[] {
  if (checkpoint === undefined) return []
  const { origin, size, text, sig, keyId } = checkpoint
  const n = size - 1
  if (firstKey !== undefined && originOf(firstKey) !== origin)
    return [problem('wrong-key', n, `the checkpoint is of ${origin}, the ledger is ${originOf(firstKey)}`)]
  if (size > entries)
    return [
      problem(
        'truncated',
        entries,
        `the checkpoint has seen ${size} entries, ${entries} are here: the ledger was cut or put back`,
      ),
    ]
  if (seal === undefined || seal.text !== text)
    return [problem('modified', n, 'the ledger is not the one that the checkpoint has seen')]
  const isGenuine = keyIdOf(origin, seal.key).toString('hex') === keyId && isSignedBy(seal.key, text, sig)
  return isGenuine ? [] : [problem('modified', n, 'the signature of the checkpoint itself is wrong')]
}

function unanchored({ entries }: LedgerCheck): Finding {
  const what = 'no checkpoint was given: whether ledger, files and key were put back together cannot be told'
  return { kind: 'unanchored', where: `entry ${Math.max(0, entries - 1)}`, what }
}

function problem(kind: Finding['kind'], n: number, what: string): Finding {
  return { kind, where: `entry ${n}`, what }
}
