package org.holdfast.application;

import java.util.ResourceBundle;
import org.holdfast.domain.Fault;
import org.holdfast.domain.Language;

/** How a broken rule is told, in the reader's language. */
public final class Words {

  /** The bundle that words every rule, one key each. */
  public static final String BUNDLE = "org.holdfast.application.faults";

  private Words() {}

  /** A sentence that says what the field must be. */
  public static String of(Fault fault, Language language) {
    var sentence = ResourceBundle.getBundle(BUNDLE, language.locale()).getString(fault.rule());
    for (var limit : fault.limits().entrySet()) {
      sentence = sentence.replace("{" + limit.getKey() + "}", limit.getValue());
    }
    return sentence;
  }
}
