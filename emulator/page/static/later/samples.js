// Texts to send, by trade and language.
import { html } from "../lib/html.js";
import { useDraft } from "../lib/kept.js";

const LANGUAGES = { en: "English", el: "Ελληνικά", de: "Deutsch", fr: "Français", es: "Español", it: "Italiano", ar: "العربية" };

const TEXTS = {
  Parcel: {
    en: "Your parcel 71 arrives today between 14:00 and 16:00. Not at home? Tell us where to leave it.",
    el: "Το δέμα σας 71 φτάνει σήμερα μεταξύ 14:00 και 16:00. Θα λείπετε; Πείτε μας πού να το αφήσουμε.",
    de: "Ihr Paket 71 kommt heute zwischen 14 und 16 Uhr. Nicht zu Hause? Sagen Sie uns, wo wir es lassen dürfen.",
    fr: "Votre colis 71 arrive aujourd'hui entre 14 h et 16 h. Absent ? Dites-nous où le déposer.",
    es: "Su paquete 71 llega hoy entre las 14:00 y las 16:00. ¿No estará en casa? Díganos dónde dejarlo.",
    it: "Il suo pacco 71 arriva oggi tra le 14 e le 16. Non è a casa? Ci dica dove lasciarlo.",
    ar: "تصل شحنتك رقم 71 اليوم بين الساعة 14:00 و16:00. لست في المنزل؟ أخبرنا أين نتركها.",
  },
  "One-time code": {
    en: "482 913 is your code. It is good for five minutes. Never tell it to anybody.",
    el: "Ο κωδικός σας είναι 482 913. Ισχύει για πέντε λεπτά. Μην τον πείτε σε κανέναν.",
    de: "482 913 ist Ihr Code. Er gilt fünf Minuten. Geben Sie ihn niemandem weiter.",
    fr: "482 913 est votre code. Il est valable cinq minutes. Ne le donnez à personne.",
    es: "482 913 es su código. Vale durante cinco minutos. No se lo dé a nadie.",
    it: "482 913 è il suo codice. Vale cinque minuti. Non lo dia a nessuno.",
    ar: "رمزك هو 482 913. وهو صالح لمدة خمس دقائق. لا تخبر به أحدًا.",
  },
  Clinic: {
    en: "Your appointment with Dr Pappas is tomorrow at 9:30. Can you come? Please answer yes or no.",
    el: "Το ραντεβού σας με τον Δρ Παππά είναι αύριο στις 9:30. Θα έρθετε; Απαντήστε ναι ή όχι.",
    de: "Ihr Termin bei Dr. Pappas ist morgen um 9:30 Uhr. Können Sie kommen? Bitte antworten Sie mit Ja oder Nein.",
    fr: "Votre rendez-vous avec le Dr Pappas est demain à 9 h 30. Pouvez-vous venir ? Répondez oui ou non.",
    es: "Su cita con el Dr. Pappas es mañana a las 9:30. ¿Puede venir? Responda sí o no.",
    it: "La sua visita dal dott. Pappas è domani alle 9:30. Può venire? Risponda sì o no.",
    ar: "موعدك مع الدكتور باباس غدًا الساعة 9:30. هل يمكنك الحضور؟ أجب بنعم أو لا.",
  },
  Bank: {
    en: "You paid 84.20 € at Corner Shop on the card ending in 1234. Was it not you? Call us.",
    el: "Πληρώσατε 84,20 € στο Corner Shop με την κάρτα που λήγει σε 1234. Δεν ήσασταν εσείς; Καλέστε μας.",
    de: "Sie haben mit der Karte 1234 bei Corner Shop 84,20 € bezahlt. Waren Sie das nicht? Rufen Sie uns an.",
    fr: "Vous avez payé 84,20 € chez Corner Shop avec la carte 1234. Ce n'était pas vous ? Appelez-nous.",
    es: "Ha pagado 84,20 € en Corner Shop con la tarjeta 1234. ¿No fue usted? Llámenos.",
    it: "Ha pagato 84,20 € da Corner Shop con la carta 1234. Non era lei? Ci chiami.",
    ar: "دفعت 84.20 € في Corner Shop بالبطاقة المنتهية بـ 1234. لم تكن أنت؟ اتصل بنا.",
  },
  Restaurant: {
    en: "Your table for four is booked for Friday at 20:00. We keep it for fifteen minutes.",
    el: "Το τραπέζι σας για τέσσερις είναι κλεισμένο για την Παρασκευή στις 20:00. Το κρατάμε δεκαπέντε λεπτά.",
    de: "Ihr Tisch für vier ist für Freitag, 20 Uhr, reserviert. Wir halten ihn fünfzehn Minuten frei.",
    fr: "Votre table pour quatre est réservée vendredi à 20 h. Nous la gardons quinze minutes.",
    es: "Su mesa para cuatro está reservada para el viernes a las 20:00. La guardamos quince minutos.",
    it: "Il suo tavolo per quattro è prenotato per venerdì alle 20. Lo teniamo per quindici minuti.",
    ar: "تم حجز طاولتك لأربعة أشخاص يوم الجمعة الساعة 20:00. نحتفظ بها لمدة ربع ساعة.",
  },
  Taxi: {
    en: "Your taxi is at the door. The driver is Eleni, the car a white Toyota.",
    el: "Το ταξί σας είναι στην πόρτα. Οδηγός η Ελένη, με ένα λευκό Toyota.",
    de: "Ihr Taxi steht vor der Tür. Eleni fährt Sie, in einem weißen Toyota.",
    fr: "Votre taxi est devant la porte. Eleni vous conduit, dans une Toyota blanche.",
    es: "Su taxi está en la puerta. Le lleva Eleni, en un Toyota blanco.",
    it: "Il suo taxi è alla porta. Guida Eleni, su una Toyota bianca.",
    ar: "سيارة الأجرة عند الباب. السائقة إيليني، والسيارة تويوتا بيضاء.",
  },
};

export default function Samples({ set }) {
  const [language, setLanguage] = useDraft("sample-language", "en");
  const [trade, setTrade] = useDraft("sample-trade", "");
  const choose = (nextTrade, nextLanguage) => {
    setTrade(nextTrade);
    setLanguage(nextLanguage);
    if (nextTrade) set(TEXTS[nextTrade][nextLanguage]);
  };
  return html`
    <div class="row fields" role="group" aria-label="Sample text">
      <label>Sample text <select value=${trade} onChange=${(event) => choose(event.target.value, language)}><option value="">choose a trade</option>${Object.keys(TEXTS).map((each) => html`<option key=${each} value=${each} selected=${each === trade}>${each}</option>`)}</select></label>
      <label>Language <select value=${language} onChange=${(event) => choose(trade, event.target.value)}>${Object.entries(LANGUAGES).map(([code, name]) => html`<option key=${code} value=${code} lang=${code} selected=${code === language}>${name}</option>`)}</select></label>
    </div>
  `;
}
