/**
 * Reports: {@link org.ringoverlay.lab.report.Plot} writes a picture as SVG, {@link
 * org.ringoverlay.lab.report.Report} one page of all runs in a directory, {@link
 * org.ringoverlay.lab.report.Progress} says how far a run is.
 *
 * <p>Plain state but for the progress; the same numbers give the same bytes. Imports nothing of
 * Ring but the test kit's distributions.
 */
@NullMarked
package org.ringoverlay.lab.report;

import org.jspecify.annotations.NullMarked;
