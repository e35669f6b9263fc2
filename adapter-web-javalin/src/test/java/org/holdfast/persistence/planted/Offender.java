package org.holdfast.persistence.planted;

import org.holdfast.mail.Sender;

/** An adapter that knows another. */
record Offender(Sender sender) {}
