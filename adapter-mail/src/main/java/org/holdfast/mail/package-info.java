/**
 * Letters written and sent. {@link LetterWriter} turns a letter's words into its text, from one
 * template for each kind and language; {@link SmtpMailer} hands it to a mail server, {@link
 * FolderMailer} keeps it where there is none.
 *
 * <p>Three promises hold throughout:
 *
 * <ul>
 *   <li>no word of a letter becomes a header, a command, markup or another word;
 *   <li>a letter has one Message-ID, however often it is sent;
 *   <li>sending ends within two minutes, whatever the server does.
 * </ul>
 */
@NullMarked
package org.holdfast.mail;

import org.jspecify.annotations.NullMarked;
