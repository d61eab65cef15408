/**
 * Pictures for reports: {@link org.ringoverlay.lab.report.Plot} writes one as SVG.
 *
 * <p>Plain state; the same numbers give the same bytes. Imports nothing of Ring but the test kit's
 * distributions.
 */
@NullMarked
package org.ringoverlay.lab.report;

import org.jspecify.annotations.NullMarked;
