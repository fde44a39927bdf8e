/** The parts of Observable Plot that the charts use; the build leaves the rest out. */
export { axisX, axisY, barY, cell, dot, gridY, plot, ruleY } from "@observablehq/plot";
