package org.holdfast.application.staff;

import org.holdfast.domain.staff.Staff;
import org.holdfast.domain.staff.StaffSession;

/** A staff member at the console, and by which session. Use cases take it as the actor. */
public record SignedInStaff(Staff staff, StaffSession session) {}
