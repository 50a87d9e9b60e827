// The `ollama` package of npm: every method but the cloud's, and an answer that is stopped.
import assert from 'node:assert/strict'
import { Ollama } from 'ollama'

const client = new Ollama({ host: process.env.OLLAMA_HOST })
const messages = [{ role: 'user', content: 'Hi' }]
const collect = async (stream) => { const found = []; for await (const part of stream) found.push(part); return found }

const steps = await collect(await client.create({ model: 'made-node', from: 'echo', system: 'S', stream: true }))
assert.equal(steps.at(-1).status, 'success')
assert.equal((await client.create({ model: 'made-node', from: 'echo' })).status, 'success')
assert((await client.list()).models.some((model) => model.name === 'made-node:latest'))
assert.equal((await client.show({ model: 'echo' })).details.family, 'llama')
assert.equal((await client.chat({ model: 'echo', messages })).message.content, 'Hello')
assert.equal((await collect(await client.chat({ model: 'echo', messages, stream: true }))).map((part) => part.message.content).join(''), 'Hello')
assert.equal((await client.generate({ model: 'echo', prompt: 'Hi' })).response, 'Hello')
assert.equal((await collect(await client.generate({ model: 'echo', prompt: 'Hi', stream: true }))).map((part) => part.response).join(''), 'Hello')
assert.equal((await client.embed({ model: 'echo', input: ['Hi', 'there'] })).embeddings.length, 2)
assert.equal((await client.embeddings({ model: 'echo', prompt: 'Hi' })).embedding.length, 2)
assert.equal((await client.ps()).models[0].name, 'echo:latest')
await client.copy({ source: 'echo', destination: 'copied-node' })
await client.delete({ model: 'copied-node' })
await assert.rejects(client.chat({ model: 'nobody', messages }), /model 'nobody' not found/)
await assert.rejects(client.pull({ model: 'a b' }), /invalid model name/)

const tool = { type: 'function', function: { name: 'weather', description: 'w', parameters: { type: 'object', properties: { city: { type: 'string' } } } } }
const asked = await client.chat({ model: 'echo', messages: [{ role: 'user', content: 'weather in Rome?' }], tools: [tool] })
assert.deepEqual(asked.message.tool_calls[0].function.arguments, { city: 'Rome' })

const endless = await client.generate({ model: 'echo', prompt: 'endless', stream: true })
setTimeout(() => endless.abort(), 300)
await assert.rejects(collect(endless), { name: 'AbortError' })
console.log('done')
