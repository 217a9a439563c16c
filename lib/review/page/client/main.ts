/**
 * The script of the review's page: it draws the charts and makes the tables sort, filter and fold. The page is complete
 * without it. scripts/build-page.js puts it into ../assets.ts.
 */
import { drawCharts } from './charts.ts'
import { foldNumbers } from './fold.ts'
import { onPrint } from './print.ts'
import { enhanceTables } from './tables.ts'

const charts = drawCharts()
const numbers = foldNumbers()
enhanceTables()
onPrint({
  before() {
    numbers.openAll()
    charts.forPaper()
  },
  after() {
    numbers.restore()
    charts.forScreen()
  },
})
