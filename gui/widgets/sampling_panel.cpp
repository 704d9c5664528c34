#include "gui/widgets/sampling_panel.h"
#include "gui/theme.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QIcon>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QRandomGenerator>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWheelEvent>

#include <limits>

namespace gui
{
namespace
{

constexpr int kMostTokens = 1'000'000;
constexpr int kSystemLines = 5;

/// The wheel scrolls the panel; it must not change a number that happens to lie under the mouse.
class WheelGuard final : public QObject
{
public:
    using QObject::QObject;
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        auto *widget = qobject_cast<QWidget *>(watched);
        if (event->type() != QEvent::Wheel || !widget || widget->hasFocus()) return false;
        event->ignore();
        return true;
    }
};

/// Scrolls upwards and downwards only: never narrower than what it shows.
class UprightArea final : public QScrollArea
{
public:
    using QScrollArea::QScrollArea;
    QSize minimumSizeHint() const override
    {
        const int bar = verticalScrollBar()->sizeHint().width();
        return {widget()->minimumSizeHint().width() + bar, QScrollArea::minimumSizeHint().height()};
    }
    QSize sizeHint() const override { return QScrollArea::sizeHint().expandedTo(minimumSizeHint()); }
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (watched == widget() && event->type() == QEvent::LayoutRequest)
            updateGeometry(); // larger text or a longer word needs more room
        return QScrollArea::eventFilter(watched, event);
    }
};

template <typename Member>
auto samplingDiffers(Member member)
{
    return [member](const GenerationSettings &a, const GenerationSettings &b) {
        return a.sampling.*member != b.sampling.*member;
    };
}
template <typename Member>
auto samplingReset(Member member)
{
    return [member](GenerationSettings &to, const GenerationSettings &from) {
        to.sampling.*member = from.sampling.*member;
    };
}
template <typename Member>
auto differs(Member member)
{
    return
        [member](const GenerationSettings &a, const GenerationSettings &b) { return a.*member != b.*member; };
}
template <typename Member>
auto resets(Member member)
{
    return [member](GenerationSettings &to, const GenerationSettings &from) { to.*member = from.*member; };
}

/// Writes only what is different: setValue() would take the text away under the fingers of who is typing.
template <typename Spin, typename Value>
void showValue(Spin &spin, Value value)
{
    if (Value(spin.value()) != value) spin.setValue(value);
}

QString escaped(QString text)
{
    return text.replace(QLatin1Char('\\'), QStringLiteral("\\\\"))
        .replace(QLatin1Char('\n'), QStringLiteral("\\n"));
}

QString unescaped(const QString &text)
{
    QString result;
    for (int i = 0; i < text.size(); ++i) {
        const bool isEscape = text[i] == QLatin1Char('\\') && i + 1 < text.size();
        const QChar c = isEscape ? text[++i] : text[i];
        result += isEscape && c == QLatin1Char('n') ? QLatin1Char('\n') : c;
    }
    return result;
}

} // namespace

SamplingPanel::SamplingPanel(Presets &presets, QWidget *parent)
    : QWidget(parent)
    , m_presets(presets)
{
    setObjectName(QStringLiteral("chat.sampling"));
    setAccessibleName(tr("Sampling"));
    auto *content = new QWidget;
    content->setObjectName(QStringLiteral("chat.sampling.content"));
    auto *grid = new QGridLayout(content);
    grid->setContentsMargins(14, 12, 10, 14);
    grid->setHorizontalSpacing(6);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(0, 1);
    buildPresetRow(*grid);
    buildNumbers(*grid);
    buildRest(*grid);
    grid->setRowStretch(grid->rowCount(), 1);
    auto *area = new UprightArea(this);
    area->setWidget(content);
    area->setWidgetResizable(true);
    area->setFrameShape(QFrame::NoFrame);
    area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(area);
    auto *guard = new WheelGuard(this);
    const auto widgets = content->findChildren<QWidget *>();
    for (QWidget *widget : widgets) {
        if (qobject_cast<QAbstractSpinBox *>(widget) || qobject_cast<QComboBox *>(widget)) {
            widget->setFocusPolicy(Qt::StrongFocus);
            widget->installEventFilter(guard);
        }
    }
    connect(&m_presets, &Presets::changed, this, &SamplingPanel::showPresets);
    m_presetName = m_presets.all().first().name;
    setSettings(m_presets.lastUsed());
}

void SamplingPanel::buildPresetRow(QGridLayout &grid)
{
    m_preset = new QComboBox;
    m_preset->setObjectName(QStringLiteral("chat.sampling.preset"));
    m_preset->setAccessibleName(tr("Preset"));
    m_preset->setPlaceholderText(tr("Own values"));
    m_preset->setToolTip(tr("A named set of the values below"));
    auto *save = new QToolButton;
    save->setIcon(icon(QStringLiteral("save")));
    save->setAccessibleName(tr("Save as preset"));
    save->setToolTip(tr("Saves the values below under a name"));
    save->setObjectName(QStringLiteral("chat.sampling.save"));
    m_delete = new QToolButton;
    m_delete->setObjectName(QStringLiteral("chat.sampling.delete"));
    m_delete->setIcon(icon(QStringLiteral("trash")));
    m_delete->setAccessibleName(tr("Delete preset"));
    m_delete->setToolTip(tr("Deletes the chosen preset; those that come with Rookery stay"));
    m_name = new QLineEdit;
    m_name->setObjectName(QStringLiteral("chat.sampling.name"));
    m_name->setPlaceholderText(tr("Name of the preset"));
    m_name->setAccessibleName(m_name->placeholderText());
    auto *accept = new QPushButton(tr("Save"));
    m_nameRow = new QWidget;
    auto *nameLayout = new QHBoxLayout(m_nameRow);
    nameLayout->setContentsMargins(0, 0, 0, 0);
    nameLayout->addWidget(m_name, 1);
    nameLayout->addWidget(accept);
    m_nameRow->hide();
    auto *row = new QHBoxLayout;
    row->addWidget(m_preset, 1);
    row->addWidget(save);
    row->addWidget(m_delete);
    grid.addLayout(row, 0, 0, 1, 3);
    grid.addWidget(m_nameRow, 1, 0, 1, 3);
    connect(m_preset, &QComboBox::activated, this, &SamplingPanel::choosePreset);
    connect(save, &QToolButton::clicked, this, [this] {
        m_nameRow->setVisible(!m_nameRow->isVisible());
        m_name->setFocus();
    });
    connect(m_delete, &QToolButton::clicked, this, [this] {
        const QString name = m_presetName;
        const Preset *twin = nullptr; // another preset with the same values
        for (const Preset &preset : m_presets.all()) {
            if (!twin && preset.name != name && Presets::same(preset.settings, m_settings)) twin = &preset;
        }
        m_presetName = twin ? twin->name : QString();
        if (!m_presets.remove(name)) m_presetName = name;
        showAll();
    });
    connect(m_name, &QLineEdit::returnPressed, this, &SamplingPanel::savePreset);
    connect(accept, &QPushButton::clicked, this, &SamplingPanel::savePreset);
}

void SamplingPanel::addSection(QGridLayout &grid, const QString &title)
{
    auto *label = new QLabel(title);
    label->setProperty("heading", true);
    label->setContentsMargins(0, 10, 0, 0);
    grid.addWidget(label, grid.rowCount(), 0, 1, 3);
}

void SamplingPanel::addRow(QGridLayout &grid, const QString &label, const QString &tip, QWidget *control,
                           Row row, bool wide)
{
    auto *text = new QLabel(label);
    text->setBuddy(control);
    text->setToolTip(tip);
    control->setToolTip(tip);
    control->setAccessibleName(label);
    auto *reset = new QToolButton;
    reset->setIcon(icon(QStringLiteral("undo")));
    reset->setIconSize(QSize(14, 14));
    reset->setAccessibleName(tr("Reset %1").arg(label));
    reset->setToolTip(tr("Back to what the preset says"));
    QSizePolicy keep = reset->sizePolicy();
    keep.setRetainSizeWhenHidden(true);
    reset->setSizePolicy(keep);
    row.resetButton = reset;
    const int line = grid.rowCount();
    grid.addWidget(text, line, 0);
    grid.addWidget(reset, line, 2);
    if (wide)
        grid.addWidget(control, line + 1, 0, 1, 3);
    else
        grid.addWidget(control, line, 1);
    const std::size_t index = m_rows.size();
    m_rows.push_back(std::move(row));
    connect(reset, &QToolButton::clicked, this, [this, index] {
        change([this, index](GenerationSettings &s) { m_rows[index].reset(s, reference()); });
    });
}

void SamplingPanel::addNumber(QGridLayout &grid, const char *name, const QString &label, const QString &tip,
                              double low, double high, double step, float engine::SamplingParams::*member)
{
    auto *spin = new QDoubleSpinBox;
    spin->setObjectName(QStringLiteral("chat.sampling.") + QLatin1String(name));
    spin->setRange(low, high);
    spin->setSingleStep(step);
    spin->setDecimals(step < 0.01 ? 3 : 2);
    spin->setMinimumWidth(96);
    spin->setKeyboardTracking(false); // a number counts when it is typed to its end
    connect(spin, &QDoubleSpinBox::valueChanged, this, [this, member](double value) {
        change([member, value](GenerationSettings &s) { s.sampling.*member = float(value); });
    });
    addRow(grid, label, tip, spin,
           {[spin, member](const GenerationSettings &s) { showValue(*spin, s.sampling.*member); },
            samplingDiffers(member), samplingReset(member), nullptr});
}

void SamplingPanel::buildNumbers(QGridLayout &grid)
{
    using P = engine::SamplingParams;
    addSection(grid, tr("Choice of words"));
    addNumber(grid, "temperature", tr("Temperature"),
              tr("0 = always the likeliest word; above 1 = bolder. 0 to 10, no unit."), 0, 10, 0.05,
              &P::temperature);
    addNumber(
        grid, "topP", tr("Top-p"),
        tr("Only the likeliest words that together have this share of the probability. 0 to 1; 1 = off."), 0,
        1, 0.05, &P::topP);
    auto *topK = new QSpinBox;
    topK->setObjectName(QStringLiteral("chat.sampling.topK"));
    topK->setRange(0, kMostTokens);
    topK->setSpecialValueText(tr("off"));
    topK->setKeyboardTracking(false);
    connect(topK, &QSpinBox::valueChanged, this,
            [this](int value) { change([value](GenerationSettings &s) { s.sampling.topK = value; }); });
    addRow(grid, tr("Top-k"), tr("Only so many of the likeliest words. A count; 0 = off."), topK,
           {[topK](const GenerationSettings &s) { showValue(*topK, s.sampling.topK); },
            samplingDiffers(&P::topK), samplingReset(&P::topK), nullptr});
    addNumber(grid, "minP", tr("Min-p"),
              tr("Drops words less likely than this share of the likeliest. 0 to 1; 0 = off."), 0, 1, 0.01,
              &P::minP);
    addNumber(grid, "typicalP", tr("Typical-p"),
              tr("Keeps the words of typical surprise that together have this share. 0 to 1; 1 = off."), 0, 1,
              0.05, &P::typicalP);
    addSection(grid, tr("Against repetition"));
    addNumber(grid, "presence", tr("Presence"),
              tr("Taken once from words that were used. −10 to 10, in logits; 0 = off."), -10, 10, 0.05,
              &P::presencePenalty);
    addNumber(grid, "frequency", tr("Frequency"),
              tr("Taken for every use of a word. −10 to 10, in logits; 0 = off."), -10, 10, 0.05,
              &P::frequencyPenalty);
    addNumber(grid, "repetition", tr("Repetition"),
              tr("Divides the logits of words that were used. 0.01 to 10, a factor; 1 = off."), 0.01, 10,
              0.05, &P::repetitionPenalty);
    addNumber(grid, "decay", tr("Decay"),
              tr("How fast uses are forgotten: a factor per token. 0 to 1; 1 = never."), 0, 1, 0.001,
              &P::penaltyDecay);
}

void SamplingPanel::addSeed(QGridLayout &grid)
{
    auto *box = new QWidget;
    auto *fixed = new QCheckBox(tr("fixed"));
    fixed->setObjectName(QStringLiteral("chat.sampling.seedFixed"));
    auto *value = new QLineEdit;
    value->setObjectName(QStringLiteral("chat.sampling.seed"));
    value->setAccessibleName(tr("Seed"));
    value->setMaxLength(20);
    auto *layout = new QHBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(fixed);
    layout->addWidget(value, 1);
    box->setFocusProxy(fixed);
    connect(fixed, &QCheckBox::toggled, this, [this](bool on) {
        change([on](GenerationSettings &s) {
            s.sampling.hasSeed = on;
            s.sampling.seed =
                on ? QRandomGenerator::global()->bounded(1, std::numeric_limits<int>::max()) : 0;
        });
    });
    connect(value, &QLineEdit::textEdited, this, [this](const QString &text) {
        bool ok = false;
        const quint64 seed = text.toULongLong(&ok);
        if (ok) change([seed](GenerationSettings &s) { s.sampling.seed = seed; });
    });
    addRow(grid, tr("Seed"),
           tr("The same seed gives the same answer again. A whole number; not fixed = a new one each time."),
           box,
           {[fixed, value](const GenerationSettings &s) {
                fixed->setChecked(s.sampling.hasSeed);
                value->setVisible(s.sampling.hasSeed);
                if (const QString text = QString::number(s.sampling.seed); value->text() != text)
                    value->setText(text);
            },
            [](const GenerationSettings &a, const GenerationSettings &b) {
                return a.sampling.hasSeed != b.sampling.hasSeed;
            },
            [](GenerationSettings &to, const GenerationSettings &from) {
                to.sampling.hasSeed = from.sampling.hasSeed;
                to.sampling.seed = from.sampling.seed;
            },
            nullptr});
}

void SamplingPanel::buildRest(QGridLayout &grid)
{
    using S = GenerationSettings;
    addSection(grid, tr("Answer"));
    auto *most = new QSpinBox;
    most->setObjectName(QStringLiteral("chat.sampling.maxTokens"));
    most->setRange(1, kMostTokens);
    most->setSingleStep(64);
    most->setGroupSeparatorShown(true);
    most->setKeyboardTracking(false);
    connect(most, &QSpinBox::valueChanged, this,
            [this](int value) { change([value](S &s) { s.maxTokens = value; }); });
    addRow(grid, tr("At most"), tr("Where an answer is cut off, in tokens."), most,
           {[most](const S &s) { showValue(*most, s.maxTokens); }, differs(&S::maxTokens),
            resets(&S::maxTokens), nullptr});
    most->setSuffix(tr(" tok"));
    addSeed(grid);

    auto *thinking = new QComboBox;
    thinking->setObjectName(QStringLiteral("chat.sampling.thinking"));
    thinking->addItems({tr("Off"), tr("On"), tr("Short")});
    connect(thinking, &QComboBox::activated, this,
            [this](int index) { change([index](S &s) { s.thinking = engine::Thinking(index); }); });
    addRow(grid, tr("Thinking"),
           tr("Whether a reasoning model thinks before it answers. Other models ignore it."), thinking,
           {[thinking](const S &s) { thinking->setCurrentIndex(int(s.thinking)); }, differs(&S::thinking),
            resets(&S::thinking), nullptr});

    auto *form = new QComboBox;
    form->setObjectName(QStringLiteral("chat.sampling.template"));
    form->addItems({tr("Automatic"), tr("World"), tr("Reasoning"), tr("Raw")});
    connect(form, &QComboBox::activated, this,
            [this](int index) { change([index](S &s) { s.chatTemplate = engine::ChatTemplate(index); }); });
    addRow(grid, tr("Chat template"),
           tr("How messages become a prompt. Automatic: by the model's name. Raw: the text as it is."), form,
           {[form](const S &s) { form->setCurrentIndex(int(s.chatTemplate)); }, differs(&S::chatTemplate),
            resets(&S::chatTemplate), nullptr});

    auto *stops = new QLineEdit;
    stops->setObjectName(QStringLiteral("chat.sampling.stops"));
    stops->setPlaceholderText(tr("e.g. \\n\\nUser | END"));
    connect(stops, &QLineEdit::textEdited, this, [this](const QString &text) {
        QStringList list;
        const QStringList pieces = text.split(QLatin1Char('|'), Qt::SkipEmptyParts);
        for (const QString &piece : pieces) {
            if (const QString stop = unescaped(piece.trimmed()); !stop.isEmpty()) list += stop;
        }
        change([&list](S &s) { s.stops = list.mid(0, 16); });
    });
    addRow(grid, tr("Stop at"),
           tr("Texts that end the answer, at most 16, separated by |. \\n is a line break."), stops,
           {[stops](const S &s) {
                QStringList list;
                for (const QString &stop : s.stops)
                    list += escaped(stop);
                if (!stops->hasFocus()) stops->setText(list.join(QStringLiteral(" | ")));
            },
            differs(&S::stops), resets(&S::stops), nullptr},
           true);

    auto *system = new QPlainTextEdit;
    system->setObjectName(QStringLiteral("chat.sampling.system"));
    system->setPlaceholderText(tr("What the model should know or be in this chat"));
    system->setTabChangesFocus(true);
    system->setFixedHeight(system->fontMetrics().lineSpacing() * kSystemLines + 14);
    connect(system, &QPlainTextEdit::textChanged, this,
            [this, system] { change([text = system->toPlainText()](S &s) { s.systemPrompt = text; }); });
    addRow(grid, tr("System prompt"), tr("Stands before the conversation."), system,
           {[system](const S &s) {
                if (system->toPlainText() != s.systemPrompt) system->setPlainText(s.systemPrompt);
            },
            differs(&S::systemPrompt), resets(&S::systemPrompt), nullptr},
           true);
}

const GenerationSettings &SamplingPanel::reference() const
{
    const Preset *preset = m_presets.find(m_presetName);
    return preset ? preset->settings : m_presets.all().first().settings;
}

void SamplingPanel::setSettings(const GenerationSettings &settings)
{
    m_settings = settings;
    const Preset *chosen = m_presets.find(m_presetName);
    const Preset *matching = m_presets.matching(settings);
    if (matching && !(chosen && Presets::same(chosen->settings, settings))) m_presetName = matching->name;
    showAll();
    showPresets();
}

void SamplingPanel::change(const std::function<void(GenerationSettings &)> &how)
{
    if (m_isShowing) return;
    how(m_settings);
    showAll();
    showPresets();
    Q_EMIT settingsChanged(m_settings);
}

void SamplingPanel::showAll()
{
    m_isShowing = true;
    for (const Row &row : m_rows) {
        row.show(m_settings);
        row.resetButton->setVisible(row.differs(m_settings, reference()));
    }
    m_isShowing = false;
}

void SamplingPanel::showPresets()
{
    m_preset->clear();
    for (const Preset &preset : m_presets.all()) {
        const bool isChosen = preset.name == m_presetName;
        const bool isChanged = isChosen && !Presets::same(preset.settings, m_settings);
        m_preset->addItem(isChanged ? tr("%1 (changed)").arg(preset.name) : preset.name, preset.name);
        if (isChosen) m_preset->setCurrentIndex(m_preset->count() - 1);
    }
    const Preset *chosen = m_presets.find(m_presetName);
    if (!chosen) m_preset->setCurrentIndex(-1); // the values are nobody's: the placeholder says so
    m_delete->setEnabled(chosen && !chosen->builtIn);
}

void SamplingPanel::choosePreset(int index)
{
    const Preset *preset = m_presets.find(m_preset->itemData(index).toString());
    if (!preset) return;
    m_presetName = preset->name;
    change([preset](GenerationSettings &s) { s = Presets::applied(*preset, s); });
}

void SamplingPanel::savePreset()
{
    const QString name = m_name->text().simplified();
    if (!m_presets.save(name, m_settings)) {
        m_name->setToolTip(
            tr("This name cannot be used: it is empty or belongs to a preset that comes with Rookery."));
        m_name->selectAll();
        m_name->setFocus();
        return;
    }
    m_presetName = name;
    m_name->clear();
    m_nameRow->hide();
    showAll();
    showPresets();
}

} // namespace gui
