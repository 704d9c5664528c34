#pragma once

#include <QColor>
#include <QObject>
#include <QString>

#include <array>

class QFont;
class QIcon;

namespace gui
{

enum class Scheme { System, Light, Dark };

/// Derived colours of the current scheme, besides the palette. Series colours are safe for colour blindness.
struct Tokens {
    bool dark = false;
    QColor accent, accentText;
    QColor window, surface, raised, border, strongBorder;
    QColor text, dim, userTint, codeBackground, selection;
    QColor good, warning, bad;
    std::array<QColor, 8> series;
};

/// The tokens in force; change together with the application's palette (widgets see QEvent::PaletteChange).
const Tokens &tokens();

/// Sets style, palette, tokens and style sheet of the whole application.
void applyScheme(Scheme scheme);

/// Sets the application's font, and lets every widget take it at once: a style sheet keeps the fonts of the
/// widgets that it polished.
void setTextFont(const QFont &font);

/// A monochrome icon of resources/icons (":/icons/<name>.svg") in the current text colour, sharp at any
/// scale.
QIcon icon(const QString &name);

} // namespace gui
