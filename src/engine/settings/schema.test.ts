import { resolve } from 'node:path'
import { toJsonSchema } from '@valibot/to-json-schema'
import { format, resolveConfig } from 'prettier'
import { expect, it } from 'vitest'
import { settings } from '@shared/model/settings'

const published = resolve(import.meta.dirname, '../../../docs/settings.schema.json')

/** `npx vitest run src/engine/settings/schema.test.ts -u` writes it anew. */
it('the published JSON Schema of settings.json is that of the validators', async () => {
  const schema = toJsonSchema(settings, { typeMode: 'input', errorMode: 'throw' })
  const described = {
    ...schema,
    title: 'Settings of the XCP diagnostic console',
    description:
      'settings.json in the configuration folder. Fields that are not described here are kept as they are. Secrets are not in it.',
  }
  const style = await resolveConfig(published)
  const text = await format(JSON.stringify(described), { ...style, parser: 'json' })
  await expect(text).toMatchFileSnapshot(published)
})
