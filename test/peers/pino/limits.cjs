/**
 * Gives each test its file's name and a time limit, and keeps the program alive until then: a test that waits in vain fails alone, and not
 * with all that come after it.
 */
'use strict'

const Module = require('node:module')
const { basename } = require('node:path')
const test = require('node:test')

const TIMEOUT = 3000
const alive = setInterval(() => {}, 1000)
test.after(() => clearInterval(alive))

function limited(name, options, fn) {
  const full = `${basename(process.argv[1])}: ${name}`
  return typeof options === 'function'
    ? test(full, { timeout: TIMEOUT }, options)
    : test(full, { timeout: TIMEOUT, ...options }, fn)
}
Object.assign(limited, test, { test: limited })

const load = Module._load
Module._load = function (request, ...rest) {
  return request === 'node:test' ? limited : load.call(this, request, ...rest)
}
