import type { TargetConfig } from '../ship-config.ts'
import { DirectoryTarget } from './directory-target.ts'
import type { ShipTarget } from './target.ts'

/**
 * Makes what ships to a target; nothing is asked of the target yet.
 * @throws HushlogError `HUSHLOG_UNAVAILABLE` when the package that it needs is not installed
 */
export async function openTarget(config: TargetConfig): Promise<ShipTarget> {
  if (config.kind === 'directory') return new DirectoryTarget(config)
  const { S3Target } = await import('./s3/target.ts')
  return S3Target.open(config)
}
